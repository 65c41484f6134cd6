import type { z } from 'zod';
import type { Json } from '../json';
import { type Mistake, mistake, type Place } from './mistake';
import { fieldsAt } from './schema-at';
import { didYouMean, listed } from './suggest';

type Issue = z.core.$ZodIssue;

/** The document that an issue is about, and where in it the issue's own path begins. */
interface Context {
  readonly schema: z.core.$ZodType;
  readonly json: Json;
  readonly at: Place;
}

/** What one issue of zod's says to the author of a team. */
export function issueMistakes(issue: Issue, context: Context): readonly Mistake[] {
  const place: Place = [...context.at, ...issue.path.map((part) => (typeof part === 'symbol' ? '' : part))];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = fieldsAt(context.schema, context.json, place);
      return issue.keys.map((key) =>
        mistake([...place, key], `is no field here.${didYouMean(key, known)}${knownFields(known)}`),
      );
    }
    case 'invalid_key':
      return [mistake(place, `has a name that ${issue.issues[0]?.message ?? 'is not allowed'}.`)];
    case 'invalid_union':
      return unionMistakes(issue, { ...context, at: place });
    default:
      return [mistake(place, sentence(issue, valueAt(context.json, place)))];
  }
}

function unionMistakes(issue: z.core.$ZodIssueInvalidUnion, context: Context): readonly Mistake[] {
  const written = valueAt(context.json, context.at);
  if ('options' in issue) return [mistake(context.at, notOneOf(written, (issue.options ?? []).map(String)))];
  const meant = meantVariant(issue.errors, context);
  if (meant !== undefined) return meant.flatMap((inner) => issueMistakes(inner, context));
  return [mistake(context.at, written === undefined ? `is missing: ${issue.message}.` : `${issue.message}.`)];
}

/**
 * The variant that the author had in mind: the only one of the value's type, or the only one that has exactly the
 * fields that were written, whatever is wrong inside them.
 */
function meantVariant(
  errors: readonly (readonly Issue[])[],
  { json, at }: Context,
): readonly Issue[] | undefined {
  const ofType = errors.filter((issues) => !issues.some(isOtherType));
  if (ofType.length === 1) return ofType[0];
  const isOtherShape = ({ code, path }: Issue): boolean =>
    code === 'unrecognized_keys'
      ? path.length === 0
      : path.length === 1 && valueAt(json, [...at, ...(path as Place)]) === undefined;
  const ofShape = ofType.filter((issues) => !issues.some(isOtherShape));
  return ofShape.length === 1 ? ofShape[0] : undefined;
}

function isOtherType({ code, path }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
}

function sentence(issue: Issue, written: Json | undefined): string {
  switch (issue.code) {
    case 'invalid_type': {
      const expected = TYPE_NAMES[issue.expected] ?? issue.expected;
      return written === undefined ? `is missing: must be ${expected}.` : `must be ${expected}.`;
    }
    case 'invalid_value':
      return notOneOf(written, issue.values.map(String));
    case 'too_small':
      return `must ${limit(issue.origin, issue.minimum, issue.inclusive === false ? 'more than' : 'at least')}.`;
    case 'too_big':
      return `must ${limit(issue.origin, issue.maximum, issue.inclusive === false ? 'less than' : 'at most')}.`;
    default:
      return `${issue.message}.`;
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function limit(origin: string, bound: number | bigint, words: string): string {
  if (origin === 'string') return `hold ${words} ${bound} character${bound === 1 ? '' : 's'}`;
  if (origin === 'array') return `hold ${words} ${bound} item${bound === 1 ? '' : 's'}`;
  return `be ${words} ${bound}`;
}

function notOneOf(written: Json | undefined, allowed: readonly string[]): string {
  const choice = `must be one of: ${allowed.join(', ')}.`;
  if (written === undefined) return `is missing: ${choice}`;
  const near = typeof written === 'string' ? didYouMean(written, allowed) : '';
  return `${JSON.stringify(written).slice(0, 80)} is unknown.${near} It ${choice}`;
}

function knownFields(known: readonly string[]): string {
  return known.length === 0 ? '' : ` The fields are: ${listed(known)}.`;
}

function valueAt(json: Json, place: Place): Json | undefined {
  return place.reduce<Json | undefined>((here, key) => {
    if (here === null || typeof here !== 'object' || !Object.hasOwn(here, key)) return undefined;
    return (here as { readonly [name: string]: Json })[key];
  }, json);
}
