import { stringify } from 'yaml';
import type { Json } from '../../contract/json';
import { plainText } from './fit-text';

/** A value as a person reads it: text as it is, all else as YAML. Programs ask for JSON. */
export function readable(value: Json): string {
  if (typeof value === 'string') return plainText(value);
  // No aliases: a reader would have to jump about. No folding: the screen's width is another's business.
  return plainText(stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 }).trimEnd());
}

/** The lines of a text, the long ones broken, between words where that is possible, and indented as they began. */
export function wrapped(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, width));
}

function wrapLine(line: string, width: number): readonly string[] {
  const indent = ' '.repeat(Math.min(line.search(/[^ -]|$/), Math.floor(width / 2)));
  const lines: string[] = [];
  let rest = [...line];
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > width / 2 ? space : width;
    lines.push(rest.slice(0, end).join(''));
    rest = [...indent, ...rest.slice(end === space ? end + 1 : end)];
  }
  return [...lines, rest.join('')];
}
