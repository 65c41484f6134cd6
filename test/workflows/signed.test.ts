import type { Approval, Decision } from '../../src/contract/approvals/approval';
import { type KeyPair, newKeyPair, sign, signedWords } from '../../src/contract/approvals/signing';
import { approve, pipeline, team, tool } from '../../src/contract/builders';
import { DELEGATE_UPDATE, EDIT_UPDATE } from '../../src/contract/names';
import type { RunInput } from '../../src/contract/run/run';
import { startWords } from '../../src/contract/run/start-words';
import { type Engine, type StartedRun, startEngine } from './engine';
import { asks, done, lookUp, refund, takeBack } from './refund-desk';

const ann = newKeyPair('ann');
const bob = newKeyPair('bob');
const rob = newKeyPair('rob');
const mallory = newKeyPair('mallory');
const keys = [ann, bob, rob].map(({ name, publicKey }) => ({ name, publicKey }));

const decided = (approval: Approval, by: KeyPair, more: Partial<Decision> = {}): Decision => {
  const word = {
    approval: approval.id,
    hash: approval.hash,
    verdict: 'approve' as const,
    by: by.name,
    ...more,
  };
  return { ...word, signature: sign(signedWords.decision(word), by.privateKey) };
};

/** A start by that person, signed with that key. */
const startedBy =
  (by: KeyPair, key: KeyPair = by) =>
  (id: string, given: RunInput): Partial<RunInput> => {
    const oversight = { keys, requester: by.name };
    const signature = sign(startWords({ ...given, oversight }, id), key.privateKey);
    return { oversight: { ...oversight, signature } };
  };

describe('signed decisions, on the dev server', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine({ tools: [refund, takeBack, lookUp] });
  });
  afterAll(() => engine.stop());
  beforeEach(() => {
    done.length = 0;
  });

  const paying = team('paying', pipeline([tool('refund', { order: 'a1' })]), {
    policy: asks(),
    approvals: { approvers: ['ann', 'rob'] },
  });
  const start = () => engine.start(paying, 'go', {}, startedBy(rob));
  const refused = async (run: StartedRun, decision: object, why: string) => {
    await expect(run.decide(decision)).rejects.toMatchObject({
      cause: { message: expect.stringContaining(why) },
    });
    expect(done).toEqual([]);
  };

  test('unsigned, forged, borrowed, replayed and changed decisions execute nothing; the honest one then still does', async () => {
    const run = await start();
    const approval = await run.waiting();
    const other = await start();
    const elsewhere = await other.waiting();
    expect(approval.signed).toBe(true);
    const honest = decided(approval, ann);
    const { signature: _, ...unsigned } = honest;
    await refused(run, unsigned, 'not signed');
    await refused(run, { ...honest, signature: decided(approval, mallory).signature }, 'not signed');
    await refused(run, { ...decided(approval, { ...mallory, name: 'ann' }) }, 'not signed');
    await refused(
      run,
      { ...decided(elsewhere, ann), approval: approval.id, hash: approval.hash },
      'not signed',
    );
    await refused(run, decided(elsewhere, ann), 'There is no approval');
    await refused(run, { ...honest, reason: 'put in' }, 'not signed');
    await refused(run, { ...decided(approval, ann, { verdict: 'deny' }), verdict: 'approve' }, 'not signed');
    await refused(run, decided(approval, mallory), 'may not decide');
    await refused(run, decided(approval, rob), 'started the run');
    await run.signal({ ...honest, signature: '0'.repeat(128) });
    await engine.until(async () => (await run.view()).rejectedDecisions.length === 1);
    expect(done).toEqual([]);
    await run.decide(honest);
    await run.result();
    expect(done).toEqual(['refund a1 10']);
    expect((await run.view()).approvals[0]?.trail[1]).toMatchObject({
      what: 'approved',
      by: 'ann',
      signature: honest.signature,
    });
    await other.decide(decided(elsewhere, ann));
    await other.result();
    expect(done).toEqual(['refund a1 10', 'refund a1 10']);
  });

  test('a plain approve step is not for whoever started the run either', async () => {
    const asking = team('asking', approve('Send it?', { approvers: ['ann', 'rob'] }));
    const run = await engine.start(asking, 'go', {}, startedBy(rob));
    const approval = await run.waiting();
    expect(approval.bound.notBy).toBe('rob');
    await refused(run, decided(approval, rob), 'started the run');
    await run.decide(decided(approval, ann));
    expect((await run.result()).output).toEqual({ inline: 'go' });
  });

  test('edits and delegations are signed too, and reach the worker with the approval', async () => {
    const run = await start();
    const asked = await run.waiting();
    const edit = {
      approval: asked.id,
      hash: asked.hash,
      by: 'ann',
      args: { inline: { order: 'a1', amount: 2 } },
    };
    await expect(run.update(EDIT_UPDATE, edit)).rejects.toThrow();
    const signature = sign(signedWords.edit(edit), ann.privateKey);
    await expect(
      run.update(EDIT_UPDATE, { ...edit, args: { inline: { order: 'a1', amount: 999 } }, signature }),
    ).rejects.toThrow();
    const edited = await run.update(EDIT_UPDATE, { ...edit, signature });
    const hand = { approval: edited.id, hash: edited.hash, by: 'ann', to: 'bob' };
    const handed = { ...hand, signature: sign(signedWords.delegation(hand), ann.privateKey) };
    await expect(run.update(DELEGATE_UPDATE, { ...handed, to: 'rob' })).rejects.toThrow();
    await expect(run.update(DELEGATE_UPDATE, { ...handed, to: 'mallory' })).rejects.toThrow();
    await run.update(DELEGATE_UPDATE, handed);
    await refused(run, decided(edited, ann), 'may not decide');
    await run.decide(decided(edited, bob));
    await run.result();
    expect(done).toEqual(['refund a1 2']);
  });

  test.each([
    ['unsigned', () => ({ oversight: { keys, requester: 'rob' } })],
    ['signed with another key', startedBy(rob, mallory)],
    ['signed by somebody whose key is not among them', startedBy(mallory)],
    ['signed for another run', (_: string, given: RunInput) => startedBy(rob)('another', given)],
    [
      'with a key put in afterwards',
      (id: string, given: RunInput) => {
        const { oversight } = startedBy(rob)(id, given);
        return { oversight: { ...oversight, keys: [...keys, mallory] } };
      },
    ],
    [
      'of another team',
      (id: string, given: RunInput) => ({
        ...startedBy(rob)(id, given),
        team: { ...given.team, version: '2' },
      }),
    ],
  ] as const)('a start with keys, %s: ends StartNotSigned and does nothing', async (_, more) => {
    const run = await engine.start(paying, 'go', {}, more);
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'StartNotSigned' } });
    expect(done).toEqual([]);
  });
});
