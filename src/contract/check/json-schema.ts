import type { Json, JsonObject } from '../json';
import type { Place } from './mistake';

export interface SchemaProblem {
  readonly place: Place;
  readonly message: string;
}

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
const SCHEMAS_BY_NAME = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'];
const SCHEMA_LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const SCHEMAS = 'additionalProperties items contains not if then else propertyNames'.split(' ');
const COUNTS = 'minLength maxLength minItems maxItems minProperties maxProperties'.split(' ');

/**
 * What is wrong with the structure of a JSON Schema: keywords of the wrong type, patterns and references that lead
 * nowhere. Keywords that it does not know are left to the validator.
 */
export function schemaProblems(schema: JsonObject): readonly SchemaProblem[] {
  return problemsIn(schema, [], schema);
}

function problemsIn(schema: Json, place: Place, whole: JsonObject): readonly SchemaProblem[] {
  if (typeof schema === 'boolean') return [];
  if (!isObject(schema)) return [{ place, message: 'must be a JSON Schema: an object, true or false.' }];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const at = [...place, keyword];
    const message = keywordProblem(keyword, value, whole);
    if (message !== undefined) return [{ place: at, message }];
    if (SCHEMAS.includes(keyword)) {
      if (Array.isArray(value))
        return value.flatMap((item, index) => problemsIn(item, [...at, index], whole));
      return problemsIn(value, at, whole);
    }
    if (SCHEMAS_BY_NAME.includes(keyword) || SCHEMA_LISTS.includes(keyword))
      return Object.entries(value as JsonObject).flatMap(([key, item]) =>
        problemsIn(item, [...at, Array.isArray(value) ? Number(key) : key], whole),
      );
    return [];
  });
}

function keywordProblem(keyword: string, value: Json, whole: JsonObject): string | undefined {
  if (keyword === 'type') return typeProblem(value);
  if (keyword === 'required')
    return isList(value, (item) => typeof item === 'string')
      ? undefined
      : 'must be a list of property names.';
  if (keyword === 'enum')
    return isList(value) && value.length > 0 ? undefined : 'must be a list of at least one value.';
  if (keyword === 'pattern')
    return typeof value === 'string' && isPattern(value) ? undefined : 'is no regular expression.';
  if (keyword === '$ref') return referenceProblem(value, whole);
  if (COUNTS.includes(keyword))
    return typeof value === 'number' && Number.isInteger(value) && value >= 0
      ? undefined
      : 'must be a whole number of at least 0.';
  if (SCHEMAS_BY_NAME.includes(keyword))
    return isObject(value) ? undefined : 'must be an object of JSON Schemas.';
  if (SCHEMA_LISTS.includes(keyword))
    return isList(value) && value.length > 0 ? undefined : 'must be a list of at least one JSON Schema.';
  return undefined;
}

function typeProblem(value: Json): string | undefined {
  const named = Array.isArray(value) ? (value as readonly Json[]) : [value];
  const wrong = named.find((type) => typeof type !== 'string' || !TYPES.includes(type));
  if (wrong === undefined && named.length > 0) return undefined;
  return `${JSON.stringify(wrong ?? value)} is no type of JSON. The types are: ${TYPES.join(', ')}.`;
}

function referenceProblem(value: Json, whole: JsonObject): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('#'))
    return 'must be a reference inside this schema, such as "#/$defs/item".';
  if (value === '#' || !value.startsWith('#/')) return undefined;
  const target = value
    .slice(2)
    .split('/')
    .map((token) => decoded(token).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<Json | undefined>(
      (here, key) =>
        here !== null && typeof here === 'object' && Object.hasOwn(here, key)
          ? (here as JsonObject)[key]
          : undefined,
      whole,
    );
  return target === undefined ? `"${value}" leads nowhere in this schema.` : undefined;
}

function decoded(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}

function isObject(value: Json): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function isList(value: Json, holds: (item: Json) => boolean = () => true): value is readonly Json[] {
  return Array.isArray(value) && value.every(holds);
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
