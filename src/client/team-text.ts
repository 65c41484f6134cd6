import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Place } from '../contract/check/mistake';
import { failure } from '../contract/fail';

/** What a text holds, and where in it each part stands. */
export interface TeamText {
  readonly value: unknown;
  /** Line, from 1, of the part at a place, or of the nearest part around it that was written. */
  lineOf(place: Place): number;
}

/** Aliases that one document may resolve: enough for shared settings, far from a bomb. */
const MAX_ALIASES = 100;

/** Parses YAML, or JSON, which is YAML too. Throws InvalidTeam that names the line where the text is neither. */
export function parseTeamText(text: string, file: string): TeamText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined)
    throw unreadable(`${file}:${lines.linePos(fault.pos[0]).line}`, firstLine(fault.message));
  return {
    value: toValue(document, file),
    lineOf: (place) => lines.linePos(offsetOf(document, place)).line,
  };
}

function toValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    throw unreadable(file, String((error as { message?: unknown }).message ?? error));
  }
}

function unreadable(where: string, why: string): Error {
  return failure('InvalidTeam', `${where}: cannot be read: ${why}`);
}

/** The parser adds where it is, and the line itself, below its sentence. */
function firstLine(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '');
}

function offsetOf(document: Document, place: Place): number {
  let offset = 0;
  let here: unknown = document.contents;
  for (const key of place) {
    const found = memberOf(here, key);
    if (found === undefined) break;
    offset = found.offset;
    here = found.value;
  }
  return offset;
}

function memberOf(holder: unknown, key: string | number): { offset: number; value: unknown } | undefined {
  if (isSeq(holder)) {
    const item = holder.items[Number(key)] as Node | undefined;
    return item?.range ? { offset: item.range[0], value: item } : undefined;
  }
  if (!isMap(holder)) return undefined;
  const pair = holder.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
  return pair !== undefined && isScalar(pair.key) && pair.key.range
    ? { offset: pair.key.range[0], value: pair.value }
    : undefined;
}
