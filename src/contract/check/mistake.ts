import { failure } from '../fail';

/** Where in a document something stands: keys and indices from the top. */
export type Place = readonly (string | number)[];

/** One thing that is wrong with a team. */
export interface Mistake {
  /** The place as people read it: `root.steps[1].agent`; empty for the document itself. */
  readonly path: string;
  readonly place: Place;
  /** A sentence that says what is wrong and, where it can be known, what would be right. */
  readonly message: string;
}

export function mistake(place: Place, message: string): Mistake {
  return { path: pathText(place), place, message };
}

export function pathText(place: Place): string {
  return place.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    if (!/^[A-Za-z_$][\w$-]*$/.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

/** Every mistake, one a line. */
export function mistakeLines(mistakes: readonly Mistake[]): string {
  return mistakes.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('\n');
}

/** The failure InvalidTeam, with the mistakes as details too. */
export function invalidTeam(mistakes: readonly Mistake[]): Error {
  return failure('InvalidTeam', mistakeLines(mistakes), {
    details: [mistakes.map(({ path, message }) => ({ path, message }))],
  });
}
