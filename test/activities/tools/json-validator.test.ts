import { schemaProblem, violationsOf } from '../../../src/activities/tools/json-validator';
import type { JsonObject } from '../../../src/contract/json';

test('violationsOf: schemas of both current drafts are understood, by their $schema', () => {
  const tuple2020: JsonObject = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    prefixItems: [{ type: 'string' }],
    items: false,
  };
  const tuple07: JsonObject = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    items: [{ type: 'string' }],
    additionalItems: false,
  };
  for (const schema of [tuple2020, tuple07]) {
    expect(violationsOf(schema, ['a'])).toEqual([]);
    expect(violationsOf(schema, ['a', 'b'])).toHaveLength(1);
    expect(violationsOf(schema, [1])).toEqual(['/0 must be string']);
  }
});

test('violationsOf: two schemas may bear one $id', () => {
  expect(violationsOf({ $id: 'answer', type: 'string' }, 1)).toEqual(['the whole value must be string']);
  expect(violationsOf({ $id: 'answer', type: 'number' }, 1)).toEqual([]);
});

test('violationsOf: formats count', () => {
  const schema: JsonObject = { type: 'string', format: 'email' };
  expect(violationsOf(schema, 'a@b.example')).toEqual([]);
  expect(violationsOf(schema, 'nobody')).toHaveLength(1);
});

test('violationsOf: what was meant is told', () => {
  const schema: JsonObject = { properties: { level: { enum: ['low', 'high'] }, kind: { const: 'bug' } } };
  expect(violationsOf(schema, { level: 'mid', kind: 'task' })).toEqual([
    '/level must be equal to one of the allowed values: ["low","high"]',
    '/kind must be equal to constant: "bug"',
  ]);
});

test('violationsOf: a long list is cut, and says by how much', () => {
  const schema: JsonObject = { type: 'array', items: { type: 'string' } };
  const violations = violationsOf(
    schema,
    Array.from({ length: 100 }, (_, index) => index),
  );
  expect(violations).toHaveLength(31);
  expect(violations.at(-1)).toBe('and 70 more');
});

test('schemaProblem: names what is wrong with a schema, and nothing for a good one', () => {
  expect(schemaProblem({ type: 'strng' })).toMatch(/type/);
  expect(schemaProblem({ $ref: '#/$defs/missing' })).toMatch(/missing/);
  expect(schemaProblem({ type: 'object', 'x-vendor': true })).toBeUndefined();
});
