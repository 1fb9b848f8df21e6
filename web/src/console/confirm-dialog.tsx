import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Action } from "./actions.ts";
import { spoken } from "./desk.ts";

const asked = signal<Action | null>(null);
const underWay = signal(false);
/** What came of the last action. */
export const result = signal("");

/** Asks before an action is done. */
export function ask(action: Action): void {
  asked.value = action;
}

/** The one dialog of the page: what will happen, and the two ways on. The browser keeps the keyboard in it, and gives it back. */
export function ConfirmDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const asking = asked.value;
  // It says the same while it goes.
  const last = useRef<Action | null>(null);
  const action = asking ?? last.current;
  last.current = action;
  useEffect(() => {
    if (asking && !dialog.current?.open) dialog.current?.showModal();
    if (!asking) dialog.current?.close();
  }, [asking]);
  const confirm = async () => {
    if (!asking || underWay.value) return;
    underWay.value = true;
    const said = await asking.run();
    underWay.value = false;
    asked.value = null;
    result.value = `${asking.name}: ${said}`;
    spoken.value = result.value;
  };
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="dialog-title"
      aria-describedby="dialog-says"
      onClose={() => {
        asked.value = null;
      }}
    >
      <h2 id="dialog-title">{action?.title}</h2>
      <p id="dialog-says" class="soft">
        {action?.says}
      </p>
      <div class="dialog-ways">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
        <button
          type="button"
          class={`button strong ${action?.grave ? "grave" : ""}`}
          aria-disabled={underWay.value}
          onClick={() => void confirm()}
        >
          {underWay.value ? "One moment" : action?.verb}
        </button>
      </div>
    </dialog>
  );
}
