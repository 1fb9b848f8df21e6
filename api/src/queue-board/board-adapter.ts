import { ExpressAdapter } from "@bull-board/express";
import type { NextFunction, Request, Response } from "express";

type EntryRoute = Parameters<ExpressAdapter["setEntryRoute"]>[0];

/** Bull Board's pages, with nothing in them that a policy of "our own files only" refuses. */
export class BoardAdapter extends ExpressAdapter {
  constructor() {
    super();
    this.app.disable("x-powered-by");
  }

  override setEntryRoute({ route, handler }: EntryRoute): this {
    this.app.get(route, (_request: Request, response: Response, next: NextFunction) => {
      const { name, params } = handler({ basePath: this.basePath, uiConfig: this.uiConfig });
      response.render(name, params, (error: unknown, page: string) => {
        if (error) next(error);
        else response.send(selfContained(page));
      });
    });
    return this;
  }
}

/** Another host's fonts, and the styles written into the page: those of its "Loading". */
const NOT_OURS = [/<link\b[^>]*\bhref="https?:[^>]*>/g, /<style>.*?<\/style>/gs, /\sstyle="[^"]*"/g];

function selfContained(page: string): string {
  return NOT_OURS.reduce((left, part) => left.replace(part, ""), page);
}
