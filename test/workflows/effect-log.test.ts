import fc from 'fast-check';
import { argsBelowInput, type Undo } from '../../src/contract/calls/effect';
import { inline } from '../../src/contract/value';
import { EffectLog } from '../../src/workflows/safeguards/effect-log';

const PARTS = ['root/saga:a', 'root/saga:a/saga:x', 'root/saga:a/saga:y[2]', 'root/saga:ab', 'root/saga:b'];

const undoOf = (id: string, path: string): Undo => ({
  id,
  path,
  of: id,
  step: { kind: 'tool', tool: 'undo', args: {} },
  told: {},
});

const calls = fc.array(
  fc.record({
    part: fc.constantFrom(...PARTS),
    outcome: fc.constantFrom('done', 'lost', 'refused'),
    compensated: fc.boolean(),
  }),
  { maxLength: 30 },
);

function logOf(made: readonly { part: string; outcome: string; compensated: boolean }[]): EffectLog {
  const log = new EffectLog();
  made.forEach(({ part, outcome, compensated }, index) => {
    const write = { path: part, tool: 't', key: `${index}`, baseKey: `${index}`, args: inline(null) };
    log.begin(write, compensated ? undoOf(`${index}`, part) : undefined);
    if (outcome === 'done') log.done(write, inline(index));
    if (outcome === 'refused') log.notRun(write);
  });
  return log;
}

describe('effect log', () => {
  test('what is pending at a part: every effect at it or below it that began and was not refused, the last first', () => {
    fc.assert(
      fc.property(calls, fc.constantFrom('root', ...PARTS), (made, at) => {
        const expected = made
          .map((call, index) => ({ ...call, id: `${index}` }))
          .filter((call) => call.compensated && call.outcome !== 'refused')
          .filter(({ part }) => part === at || part.startsWith(`${at}/`) || part.startsWith(`${at}[`))
          .map(({ id }) => id)
          .reverse();
        expect(
          logOf(made)
            .pending(at)
            .map(({ id }) => id),
        ).toEqual(expected);
      }),
    );
  });

  test('only an effect that has reported is undone with a result', () => {
    fc.assert(
      fc.property(calls, (made) => {
        for (const undo of logOf(made).pending('root'))
          expect(undo.result).toEqual(
            made[Number(undo.id)]?.outcome === 'done' ? inline(Number(undo.id)) : undefined,
          );
      }),
    );
  });

  test('what is settled is pending no more, and its key is new each time; a copy made of a snapshot says the same', () => {
    fc.assert(
      fc.property(calls, (made) => {
        const log = logOf(made);
        const ids = log.pending('root').map(({ id }) => id);
        for (const undo of log.pending('root/saga:a')) log.settle(undo);
        const copy = new EffectLog(log.snapshot());
        expect(copy.pending('root')).toEqual(log.pending('root'));
        expect(log.pending('root/saga:a')).toEqual([]);
        const left = new Set(log.pending('root').map(({ id }) => id));
        for (const id of ids) expect(copy.keyFor(id)).toBe(left.has(id) ? id : `${id}-again1`);
      }),
    );
  });

  test('a part that is undone as a whole: nothing below it has an undo of its own, and all of it counts as undone', () => {
    const log = new EffectLog();
    log.register(undoOf('root/saga:a', 'root/saga:a'));
    log.cover('root/saga:a');
    const write = { path: 'root/saga:a/pipeline:0', tool: 't', key: 'k', baseKey: 'k', args: inline(1) };
    log.begin(write, undoOf('k', write.path));
    const [whole, ...others] = log.pending('root');
    expect(whole?.id).toBe('root/saga:a');
    expect(others).toEqual([]);
    if (whole !== undefined) log.settle(whole);
    expect(log.keyFor('k')).toBe('k-again1');
    expect(log.snapshot().writes).toMatchObject([{ key: 'k', undone: true }]);
  });

  test('arguments for an undo: pointers into the input are moved to where the undo finds it', () => {
    expect(
      argsBelowInput({ a: { $input: '/x' }, b: [{ $input: '' }], c: { $input: '/x', more: 1 } }),
    ).toEqual({
      a: { $input: '/input/x' },
      b: [{ $input: '/input' }],
      c: { $input: '/x', more: 1 },
    });
  });
});
