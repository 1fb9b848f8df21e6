import { createHash } from "node:crypto";

/** A picture for a generated item: a shape and two colours that its sale and id decide, so that it never changes. */
export function itemImage(saleId: string, itemId: string): string {
  const digest = createHash("sha256").update(`${saleId}/${itemId}`).digest();
  const hue = (digest.readUInt16BE(0) / 65_535) * 360;
  const sides = 3 + ((digest[2] ?? 0) % 6);
  const turn = ((digest[3] ?? 0) / 255) * Math.PI;
  const points = Array.from({ length: sides }, (_, corner) => {
    const angle = turn + (corner * 2 * Math.PI) / sides;
    return `${(100 + 60 * Math.cos(angle)).toFixed(1)},${(100 + 60 * Math.sin(angle)).toFixed(1)}`;
  });
  const [back, front] = [`hsl(${hue.toFixed(0)} 60% 88%)`, `hsl(${((hue + 150) % 360).toFixed(0)} 65% 45%)`];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" role="img" aria-label="${itemId}"><rect width="200" height="200" fill="${back}"/><polygon points="${points.join(" ")}" fill="${front}"/></svg>`;
}
