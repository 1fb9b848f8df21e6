/** `1234567.8` as `1,234,568`. */
export function grouped(number: number): string {
  return Math.round(number).toLocaleString("en-US");
}

/** `7.256` as `7.3`. */
export function fixed(number: number, digits = 1): string {
  return number.toFixed(digits);
}
