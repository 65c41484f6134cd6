import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporal } from '@temporalio/proto';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { misfits } from './misfits';

type History = temporal.api.history.v1.History;

const HISTORIES = join(__dirname, 'histories');
const inside = (folder: string): readonly string[] => readdirSync(folder).sort();
const recorded = inside(HISTORIES).flatMap((version) =>
  inside(join(HISTORIES, version)).map((run) => [version, run] as const),
);

function historiesOf(version: string, run: string): readonly History[] {
  const folder = join(HISTORIES, version, run);
  return inside(folder).map((file) =>
    temporal.api.history.v1.History.decode(readFileSync(join(folder, file))),
  );
}

function named(history: History): { workflowId: string; history: History } {
  const workflowId = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  if (typeof workflowId !== 'string' || workflowId === '') throw new Error('the history has no start');
  return { workflowId, history };
}

// A history that does not fit is logged with all its events by the SDK, as a warning.
Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } });

describe('recorded histories', () => {
  test.each(recorded)('%s, %s: this build goes on with it', async (version, run) => {
    const histories = historiesOf(version, run);
    expect(histories.length).toBeGreaterThan(0);
    expect(await misfits(histories.map(named))).toEqual([]);
  });

  test('every example has one of its own', () => {
    const runs = new Set(recorded.map(([, run]) => run));
    expect(inside('examples').filter((example) => !runs.has(example))).toEqual([]);
  });

  test('a history that this build would not have written is told', async () => {
    const [[version, run] = ['', '']] = recorded;
    const [history] = historiesOf(version, run);
    const call = history?.events.find(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled);
    if (history === undefined || !call?.activityTaskScheduledEventAttributes)
      throw new Error('no call in it');
    call.activityTaskScheduledEventAttributes.activityType = { name: 'somethingElse' };
    expect(await misfits([named(history)])).toEqual([expect.stringContaining('somethingElse')]);
  });
});
