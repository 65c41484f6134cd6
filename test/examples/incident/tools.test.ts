import { createTools } from '../../../examples/incident/tools';
import type { Json, JsonObject } from '../../../src/contract/json';
import { copyOfSample, type IncidentFolder } from './incident-folder';

let folder: IncidentFolder;
beforeEach(async () => {
  folder = await copyOfSample();
  process.env.INCIDENT_CHANGES = folder.changes;
});
afterEach(async () => {
  await folder.remove();
  delete process.env.INCIDENT_CHANGES;
});

async function use(name: string, args: JsonObject, idempotencyKey = 'key'): Promise<Json> {
  const tool = createTools({ filesRoot: folder.path }).find((each) => each.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  const context = { idempotencyKey, runId: 'run', path: 'root', signal: new AbortController().signal };
  return tool.run(tool.input.parse(args), context);
}

const WHEN = { from: '2027-03-02T13:30:00Z', to: '2027-03-02T14:30:00Z' };
const TRUE_FINDING = {
  says: 'It ran out of connections.',
  file: 'logs/inventory.log',
  line: 13,
  quote: 'connection pool exhausted:  5 of 5 in use, 22 requests wait',
};
const FALSE_FINDING = { ...TRUE_FINDING, says: 'Of 6.', quote: 'connection pool exhausted: 6 of 6' };
const ROLL_BACK = { kind: 'roll_back', service: 'inventory', version: '4.7.3', why: 'The runbook says so.' };
const CONCLUSION = { service: 'inventory', cause: 'The pool.', evidence: [TRUE_FINDING], action: ROLL_BACK };

describe('the tools of the incident', () => {
  test('search_logs: messages that differ in numbers only count together, the gravest first, within the time asked', async () => {
    await folder.edit('logs/payments.log', () =>
      [
        '2027-03-02T13:29:59Z ERROR too early',
        '2027-03-02T13:31:00Z WARN took 5 ms',
        '2027-03-02T13:32:00Z WARN took 700 ms',
        'no log line',
        '2027-03-02T13:33:00Z ERROR charge 7 failed',
      ].join('\n'),
    );
    expect(await use('search_logs', { service: 'payments', ...WHEN })).toEqual({
      file: 'logs/payments.log',
      lines: 3,
      messages: [
        { level: 'ERROR', count: 1, firstLine: 5, first: '2027-03-02T13:33:00Z ERROR charge 7 failed' },
        { level: 'WARN', count: 2, firstLine: 2, first: '2027-03-02T13:31:00Z WARN took 5 ms' },
      ],
    });
  });

  test.each(['gateway', '../../etc/passwd'])(
    'search_logs: of "%s" there are none, and it says which there are',
    async (service) => {
      await expect(use('search_logs', { service, ...WHEN })).rejects.toThrow(
        'there are some of checkout, inventory, payments',
      );
    },
  );

  test('compare_metrics: the service that slowed down most comes first, with its lines', async () => {
    await folder.edit('metrics.csv', () =>
      [
        'time,service,requests,errors,p95Ms',
        '2027-03-02T13:30:00Z,a,10,0,100',
        '2027-03-02T13:30:00Z,b,10,0,10',
        '2027-03-02T13:35:00Z,a,10,5,150',
        '2027-03-02T13:35:00Z,b,10,1,90',
        '2027-03-02T15:00:00Z,b,10,1,9000',
      ].join('\n'),
    );
    expect(await use('compare_metrics', WHEN)).toMatchObject({
      services: [
        { service: 'b', slower: 9, slowest: { line: 5, p95Ms: 90, errorShare: 0.1 } },
        { service: 'a', slower: 1.5, first: { line: 2 }, slowest: { line: 4, errorShare: 0.5 } },
      ],
    });
  });

  test('list_deploys: those of the time and of the hour before it', async () => {
    const { deploys } = (await use('list_deploys', WHEN)) as { deploys: { service: string }[] };
    expect(deploys.map(({ service }) => service)).toEqual(['gateway', 'inventory', 'payments']);
  });

  test('find_runbooks: the ones that hold most of the words', async () => {
    const books = (await use('find_runbooks', { words: 'pool exhausted, connection refused' })) as {
      file: string;
    }[];
    expect(books[0]?.file).toBe('runbooks/connection-pool.md');
    expect(await use('find_runbooks', { words: 'quux' })).toEqual([]);
  });

  test('keep_proven: a quote is found at its real line, an invented one is dropped, and none at all is a failure', async () => {
    expect(await use('keep_proven', { findings: [FALSE_FINDING, TRUE_FINDING] })).toEqual({
      findings: [{ ...TRUE_FINDING, line: 12 }],
    });
    await expect(use('keep_proven', { findings: [FALSE_FINDING] })).rejects.toThrow('none of 1 findings');
    await expect(use('keep_proven', { findings: [] })).rejects.toThrow('nothing was found');
    const outside = { ...TRUE_FINDING, file: '../changes.jsonl' };
    await expect(use('keep_proven', { findings: [outside] })).rejects.toThrow('none of 1 findings');
  });

  test('check_conclusion: what the files do not bear out is left out, with the reason', async () => {
    const check = (more: JsonObject) =>
      use('check_conclusion', { incident: 'I', conclusion: { ...CONCLUSION, ...more } });
    expect(await check({})).toMatchObject({ action: ROLL_BACK, leftOut: [] });
    expect(await check({ evidence: [TRUE_FINDING, FALSE_FINDING] })).toMatchObject({
      evidence: [{ says: TRUE_FINDING.says }],
      action: ROLL_BACK,
      leftOut: ['"Of 6.": logs/inventory.log does not say so'],
    });
    expect(await check({ evidence: [] })).toMatchObject({
      action: null,
      leftOut: ['roll_back: no evidence bears it out'],
    });
    expect(await check({ action: { ...ROLL_BACK, version: '4.9.9' } })).toMatchObject({
      action: null,
      leftOut: ['roll_back: inventory has no version 4.9.9 to go back to'],
    });
  });

  test('carry_out: an order that is sent again is the same change', async () => {
    const report = { ...CONCLUSION, incident: 'I', leftOut: [] };
    expect(await use('carry_out', { report }, 'one')).toMatchObject({ change: 'CHG-1001' });
    expect(await use('carry_out', { report }, 'two')).toMatchObject({ change: 'CHG-1002' });
    expect(await use('carry_out', { report }, 'one')).toMatchObject({ change: 'CHG-1001' });
    expect(await folder.ordered()).toHaveLength(2);
    await expect(use('carry_out', { report: { ...report, action: null } })).rejects.toThrow('no action');
  });
});
