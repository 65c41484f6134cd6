import { stringify } from 'yaml';
import type { Json } from '../../contract/json';
import { plainText } from './fit-text';

/** A value as a person reads it: text as it is, all else as YAML. Programs ask for JSON. */
export function readable(value: Json, width = 100): string {
  if (typeof value === 'string') return plainText(value);
  // Aliases would make a reader jump about; the widths of folded text are the screen's.
  return plainText(stringify(value, { aliasDuplicateObjects: false, lineWidth: width }).trimEnd());
}

/** The lines of a text, the long ones broken between words where that is possible. */
export function wrapped(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((line) => wrapLine([...line], width));
}

function wrapLine(characters: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let rest = characters;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > width / 2 ? space : width;
    lines.push(rest.slice(0, end).join(''));
    rest = rest.slice(end === space ? end + 1 : end);
  }
  return [...lines, rest.join('')];
}
