import { reportSchema } from '../../../examples/incident/contracts';
import { readInput } from '../../../examples/incident/input';
import { offline } from '../../../examples/incident/offline';
import { buildTeam } from '../../../examples/incident/team';
import { createTools } from '../../../examples/incident/tools';
import { checkTeam } from '../../../src/contract/check/check-team';
import type { RunView } from '../../../src/contract/run/view';
import { type ExampleStage, knownTools, openExample } from '../example-stage';
import { copyOfSample, type IncidentFolder } from './incident-folder';

let folder: IncidentFolder;
let stage: ExampleStage;

beforeEach(async () => {
  folder = await copyOfSample();
  process.env.INCIDENT_CHANGES = folder.changes;
  stage = await openExample({ tools: createTools({ filesRoot: folder.path }), offline });
});
afterEach(async () => {
  await stage.close();
  await folder.remove();
  delete process.env.INCIDENT_CHANGES;
});

/** Runs it to its end with that word on its action, and returns the last view beside the report. */
async function investigate(verdict: 'approve' | 'deny') {
  const input = await readInput(folder.path);
  const { run } = await stage.client.start(buildTeam(input), input);
  let view: RunView | undefined;
  for await (view of stage.client.watch(run)) {
    const open = view.approvals.find(({ decision }) => decision === undefined);
    if (open === undefined) continue;
    // Nothing is changed before somebody has said so.
    expect(await folder.ordered()).toEqual([]);
    expect(open).toMatchObject({ question: 'Carry out this action?', approvers: ['on-call'] });
    await stage.client.decide({ approval: open.id, hash: open.hash, verdict, by: 'on-call' }, { run });
  }
  const { output, state } = await stage.client.result(run);
  const ends = new Map(view?.nodes.map(({ path, state: end }) => [path, end]));
  return { report: reportSchema.parse(output), state, ends };
}

const DAG = 'root/pipeline:investigation/dag:';

describe('an incident', () => {
  test('a task that finds nothing fails, the lead plans anew, and the report names cause, evidence and action', async () => {
    const { report, ends } = await investigate('approve');
    expect(ends.get(`${DAG}logs[2]`)).toBe('failed');
    expect(ends.get(`${DAG}~lead[1]`)).toBe('done');
    expect(ends.get(`${DAG}logs[4]`)).toBe('done');
    expect(ends.has(`${DAG}metrics[4]`)).toBe(false);
    expect(report).toMatchObject({
      incident: 'INC-2041',
      service: 'inventory',
      cause: expect.stringContaining('4.8.0'),
      action: { kind: 'roll_back', service: 'inventory', version: '4.7.3' },
      outcome: 'carried out',
      change: 'CHG-1001',
      leftOut: [],
    });
    const files = report.evidence.map(({ file }) => file);
    expect(files).toEqual([
      'logs/inventory.log',
      'metrics.csv',
      'deploys.jsonl',
      'runbooks/connection-pool.md',
    ]);
    expect(await folder.ordered()).toEqual([
      expect.objectContaining({ incident: 'INC-2041', action: report.action }),
    ]);
  }, 30_000);

  test('denied: the report is closed and nothing was changed', async () => {
    const { report, state } = await investigate('deny');
    expect(state).toBe('done');
    expect(report).toMatchObject({
      action: { kind: 'roll_back' },
      outcome: 'not carried out',
      change: null,
    });
    expect(await folder.ordered()).toEqual([]);
  }, 30_000);

  test('other facts lead to another action: without a deploy the runbook says restart', async () => {
    await folder.edit('deploys.jsonl', (text) => text.replace(/.*"inventory".*\n/, ''));
    const { report } = await investigate('approve');
    expect(report).toMatchObject({
      service: 'inventory',
      action: { kind: 'restart', service: 'inventory', version: null },
      outcome: 'carried out',
    });
  }, 30_000);

  test('no runbook, no action: nobody is asked', async () => {
    await folder.edit('runbooks/connection-pool.md', (text) => text.replace(/^- (?!Look).*$/gm, ''));
    const { report } = await investigate('deny');
    expect(report).toMatchObject({ action: null, outcome: 'nothing to do' });
  }, 30_000);

  test('an input that is no alert is refused with every reason, and the team passes its check', async () => {
    const alert = (await readInput(folder.path)) as object;
    expect(() => buildTeam({ ...alert, service: '../gateway', from: 'yesterday' })).toThrow(
      /service[\s\S]*from|from[\s\S]*service/,
    );
    const tools = knownTools(createTools({ filesRoot: folder.path }));
    const { mistakes, warnings } = checkTeam(buildTeam(await readInput(folder.path)), { tools });
    expect([...mistakes, ...warnings]).toEqual([]);
  });
});
