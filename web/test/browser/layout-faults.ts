import type { Page } from "playwright-core";

/**
 * What is wrong with how a page is laid out, measured by the boxes of what carries it: texts, buttons, fields, pictures.
 * Clipped: more text than its box shows, where that is not meant. Outside: beyond the sides of the page. Overlapping: two of
 * them, neither within the other. Blank: a canvas without a pixel.
 */
export function layoutFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const SLACK = 1;
    /** Meant to be cut off, or to lie over what is there. */
    const exempt = (element: Element) => element.closest(".unseen, .skip, .notice, noscript, svg") !== null;
    const cuts = (element: Element) => {
      const { textOverflow, webkitLineClamp } = getComputedStyle(element);
      return textOverflow === "ellipsis" || webkitLineClamp !== "none";
    };
    const hasText = (element: Element) =>
      [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
    const named = (element: Element) => {
      const text = element.textContent?.trim().slice(0, 30) ?? "";
      return `${element.tagName.toLowerCase()}.${element.className} "${text}"`;
    };
    const carriers = [...document.querySelectorAll("body *")].filter((element) => {
      const { width, height } = element.getBoundingClientRect();
      if (exempt(element) || width === 0 || height === 0) return false;
      return hasText(element) || element.matches("button, input, img, canvas, .ring, .stock-bar");
    });
    const faults: string[] = [];
    for (const element of carriers) {
      const { left, right } = element.getBoundingClientRect();
      if (left < -SLACK || right > document.documentElement.clientWidth + SLACK)
        faults.push(`outside: ${named(element)}`);
      const wide = element.scrollWidth > element.clientWidth + SLACK;
      // Lines that stand closer than the font's own height reach out of their box, and nothing is lost.
      const close = Number.parseFloat(getComputedStyle(element).fontSize) / 2;
      const high = element.scrollHeight > element.clientHeight + close;
      const inline = getComputedStyle(element).display === "inline";
      if ((wide || high) && !inline && !cuts(element)) faults.push(`clipped: ${named(element)}`);
    }
    for (const [index, one] of carriers.entries()) {
      for (const other of carriers.slice(index + 1)) {
        if (one.contains(other) || other.contains(one)) continue;
        const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > SLACK && down > SLACK) faults.push(`overlapping: ${named(one)} and ${named(other)}`);
      }
    }
    for (const canvas of document.querySelectorAll("canvas")) {
      const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      if (!pixels.some((value) => value !== 0)) faults.push("blank: the canvas");
    }
    return faults;
  });
}
