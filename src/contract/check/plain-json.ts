import type { Json } from '../json';
import { MAX_TEAM_BYTES } from '../limits';
import { type Mistake, mistake, type Place } from './mistake';

/** Nested arrays and objects that a team may hold: room for the deepest steps and schemas, far from the stack's end. */
export const MAX_JSON_DEPTH = 200;

export type PlainJson =
  | { readonly value: Json; readonly mistakes: readonly [] }
  | { readonly value?: undefined; readonly mistakes: readonly Mistake[] };

/**
 * The value as plain JSON, members that are undefined left out; or what in it is none. Ends early, with one mistake,
 * where the value is deeper than {@link MAX_JSON_DEPTH} or larger than MAX_TEAM_BYTES, so that neither a cycle nor a
 * bomb of YAML aliases is walked to its end.
 */
export function plainJson(raw: unknown): PlainJson {
  const walk = new Walk();
  try {
    const value = walk.copy(raw, []);
    return walk.mistakes.length === 0 ? { value, mistakes: [] } : { mistakes: walk.mistakes };
  } catch (error) {
    if (error instanceof TooMuch) return { mistakes: [mistake(error.place, error.message)] };
    throw error;
  }
}

class TooMuch extends Error {
  constructor(
    readonly place: Place,
    message: string,
  ) {
    super(message);
  }
}

class Walk {
  readonly mistakes: Mistake[] = [];
  private bytes = 0;

  copy(value: unknown, place: Place): Json {
    if (value === null || typeof value === 'boolean') return this.counted(value, 5);
    if (typeof value === 'string') return this.counted(value, utf8Bytes(value) + 2);
    if (typeof value === 'number' && Number.isFinite(value)) return this.counted(value, 1);
    if (place.length > MAX_JSON_DEPTH)
      throw new TooMuch(
        place.slice(0, 6),
        `is nested deeper than ${MAX_JSON_DEPTH} levels, or holds itself.`,
      );
    if (Array.isArray(value)) {
      this.counted(null, 2);
      return value.map((item, index) => this.copy(item, [...place, index]));
    }
    if (isPlainObject(value)) return this.copyObject(value, place);
    this.mistakes.push(mistake(place, `is no JSON value but ${typeName(value)}.`));
    return null;
  }

  private copyObject(value: Readonly<Record<string, unknown>>, place: Place): Json {
    this.counted(null, 2);
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return Object.fromEntries(
      members.map(([key, member]) => {
        this.counted(null, utf8Bytes(key) + 3);
        return [key, this.copy(member, [...place, key])];
      }),
    );
  }

  private counted<T>(value: T, bytes: number): T {
    this.bytes += bytes;
    if (this.bytes <= MAX_TEAM_BYTES) return value;
    throw new TooMuch(
      [],
      `The team is larger than ${MAX_TEAM_BYTES} bytes of JSON. Name long texts elsewhere.`,
    );
  }
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm (a workflow's sandbox, a test's) has a prototype of its own, whose own is null.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function typeName(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object') return `of type ${typeof value}`;
  return `a ${(value as object).constructor.name}`;
}

function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
