/** One line of text: control characters would let a run's own words move the cursor or clear the screen. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
}

/** The text in at most `width` characters, with a mark where it was cut. */
export function cut(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  return width <= 0 ? '' : `${characters.slice(0, width - 1).join('')}…`;
}

/** The text in exactly `width` characters. */
export function fill(text: string, width: number): string {
  const fitted = cut(text, width);
  return fitted + ' '.repeat(Math.max(0, width - [...fitted].length));
}

export function fillLeft(text: string, width: number): string {
  const fitted = cut(text, width);
  return ' '.repeat(Math.max(0, width - [...fitted].length)) + fitted;
}

/** Text of several lines without what a terminal would obey: a model's answer is not to be trusted with the screen. */
export function plainText(text: string): string {
  return text.replaceAll(/(?![\n\t])\p{Cc}/gu, '');
}
