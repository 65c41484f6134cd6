import type { z } from 'zod';
import type { Json, JsonObject } from '../json';
import type { Place } from './mistake';

type Schema = z.core.$ZodType;

/** The names of the fields that may stand in the object at a place; empty where any may, or where none can be told. */
export function fieldsAt(schema: Schema, value: Json, place: Place): readonly string[] {
  const [key, ...rest] = place;
  const options = variants(schema, value);
  if (key === undefined)
    return [...new Set(options.flatMap((option) => Object.keys(definition(option).shape ?? {})))];
  const member = memberOf(value, key);
  return [
    ...new Set(
      options.flatMap((option) => below(option, key).flatMap((next) => fieldsAt(next, member, rest))),
    ),
  ];
}

/** What of zod's definitions is read here; each kind of schema has its own members. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly valueType?: Schema;
  readonly element?: Schema;
  readonly innerType?: Schema;
  /** Of a schema behind a preprocessing. */
  readonly out?: Schema;
  readonly options?: readonly Schema[];
  readonly discriminator?: string;
  readonly getter?: () => Schema;
}

function definition(schema: Schema): Definition {
  return schema._zod.def as unknown as Definition;
}

/** The schema without its wrappers; of a discriminated union the one variant that the value names. */
function variants(schema: Schema, value: Json): readonly Schema[] {
  const { innerType, out, getter, options, discriminator } = definition(schema);
  const inner = innerType ?? out ?? getter?.();
  if (inner !== undefined) return variants(inner, value);
  if (options === undefined) return [schema];
  if (discriminator === undefined) return options.flatMap((option) => variants(option, value));
  const named = memberOf(value, discriminator);
  return options.filter((option) => {
    const literal = definition(option).shape?.[discriminator]?._zod.values;
    return literal?.has(named as string) ?? false;
  });
}

function below(schema: Schema, key: string | number): readonly Schema[] {
  const { shape, valueType, element } = definition(schema);
  if (shape !== undefined && typeof key === 'string' && Object.hasOwn(shape, key)) {
    const member = shape[key];
    return member === undefined ? [] : [member];
  }
  return [valueType, element].filter((next) => next !== undefined);
}

function memberOf(value: Json, key: string | number): Json {
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return null;
  return (value as JsonObject)[key] ?? null;
}
