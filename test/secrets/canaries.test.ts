import { randomBytes } from 'node:crypto';
import { createRedactor, redactorFor } from '../../src/secrets/redactor';
import { type Left, leftBy, type Place } from './canary-place';
import { CANARY_VARIABLES, type Canaries } from './canary-teams';
import { placesOf } from './clear-text';

const canaries = Object.fromEntries(
  CANARY_VARIABLES.map((name) => [name, `canary${randomBytes(12).toString('hex')}`]),
) as Canaries;

/** What no model and no tool writes to, whatever is done. */
const NEVER: readonly string[] = ['memo, search attributes and registry', 'metrics'];

function places(left: Left, word: string): readonly Place[] {
  const entries = Object.entries(left) as [Place, readonly Buffer[]][];
  return entries.flatMap(([place, bytes]) => (placesOf(word, bytes).length > 0 ? [place] : []));
}

describe("a worker's secrets", () => {
  test('twenty canaries, given away in every pattern by models, tools and errors: are nowhere that anybody could read', async () => {
    const { left, ended } = await leftBy(redactorFor(canaries), canaries);
    // Each came to its end as it would without secrets: those that fail are meant to.
    const { broken, escalated, ...rest } = ended;
    expect([broken, escalated]).toEqual(['failed', 'failed']);
    expect(Object.keys(rest).length).toBeGreaterThan(18);
    expect(Object.entries(rest).filter(([, state]) => state !== 'done')).toEqual([]);
    for (const bytes of Object.values(left)) expect(Buffer.concat([...bytes]).length).toBeGreaterThan(100);
    expect(left.failures.length).toBeGreaterThan(5);
    expect(Buffer.concat([...left.log]).toString()).toContain('[secret]');
    expect(CANARY_VARIABLES.flatMap((name) => places(left, canaries[name]))).toEqual([]);
  }, 240_000);

  test('without the redactor: the same search finds all twenty, and some in every place that is written to', async () => {
    const { left } = await leftBy(createRedactor([]), canaries);
    const found = CANARY_VARIABLES.map((name) => places(left, canaries[name]));
    expect(found.filter((of) => of.length === 0)).toEqual([]);
    const written = Object.keys(left).filter((place) => !NEVER.includes(place));
    expect([...new Set(found.flat())].toSorted()).toEqual(written.toSorted());
  }, 240_000);
});
