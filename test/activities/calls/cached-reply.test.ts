import { askModel } from '../../../src/activities/calls/ask-model';
import { NO_USAGE } from '../../../src/contract/cost/usage';
import {
  attempt,
  modelDeps,
  opening,
  replying,
  says,
  storeDefinition,
  temporaryStore,
} from './call-fixtures';

const in_ = (lineage: string) => ({ site: { lineage, path: 'root', generation: 0 } });
const holder = (run: string) => ({ ...attempt(1, `${run}/1`), runId: run, workflowId: run });

describe('cached replies', () => {
  test('a hit is journaled like a reply: the next try finds it, and a resume by another run has it for nothing', async () => {
    const store = temporaryStore();
    const deps = modelDeps(store, replying(says('Looks good.')));
    const definition = await storeDefinition(store, { cache: { ttlMs: 60_000 } });
    await askModel(deps, opening(definition), attempt());
    const input = opening(definition, in_('run-2'));
    const hit = await askModel(deps, input, holder('run-2'));
    expect(hit).toMatchObject({ fromCache: true, usage: { ...NO_USAGE, cached: 1 } });
    const tried = await askModel(deps, input, {
      ...holder('run-2'),
      holder: { activity: 'run-2/1', attempt: 2 },
    });
    expect(tried).toEqual({ ...hit, fromJournal: true });
    const resumed = await askModel(deps, input, holder('run-2-r2'));
    expect(resumed).toMatchObject({ fromJournal: true, usage: NO_USAGE, thread: hit.thread });
  });

  test('what a model said when it had to conclude, or knew of a budget, is kept for nobody', async () => {
    const store = temporaryStore();
    const provider = replying(says('In short: good.'), says('Still good.'), says('Good.'));
    const deps = modelDeps(store, provider);
    const definition = await storeDefinition(store, { cache: { ttlMs: 60_000 } });
    const grant = { calls: 1, tokens: 1e6, microDollars: 1e6, final: true } as const;
    await askModel(deps, opening(definition, { grant }), attempt());
    await askModel(
      deps,
      opening(definition, { ...in_('run-2'), budgetNote: 'Little left.' }),
      holder('run-2'),
    );
    expect(
      (await askModel(deps, opening(definition, in_('run-3')), holder('run-3'))).fromCache,
    ).toBeUndefined();
    expect(provider.requests).toHaveLength(3);
    const last = await askModel(deps, opening(definition, in_('run-4')), holder('run-4'));
    expect(last.fromCache).toBe(true);
  });
});
