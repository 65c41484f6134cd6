import { join } from 'node:path';
import { startModelServer } from '../../src/testing/model-server';
import { TOOL_RESULT_BYTES } from './arm-setup';
import type { BenchPlace } from './bench-place';
import { turnsTeam } from './bench-teams';
import { folderSize } from './folder-size';
import { type HistorySize, historySize } from './history-size';
import { seededText } from './seeded-random';
import { startArms } from './start-arms';
import { runLengthMs, startBaton, startRaw } from './start-run';

const TURNS = 100;

/** With the tool's result, 5 KB that no turn before has said. */
const REPLY_BYTES = 5000 - TOOL_RESULT_BYTES;

export interface HistoryFigures extends HistorySize {
  /** Of all files that the run left in the store; `storeDiskBytes` counts whole disk blocks. */
  readonly storeBytes: number;
  readonly storeDiskBytes: number;
  /** The same turns by hand with a transcript outside of history: the least that a history of these calls can be. */
  readonly raw: HistorySize;
}

/** One agent of 100 turns that each add 5 KB to its transcript, half said by the model and half by a tool. */
export async function benchHistory(place: BenchPlace): Promise<HistoryFigures> {
  const model = await startModelServer({
    reply: ({ messages, tools, index }) => ({
      text: seededText(REPLY_BYTES, 1000 + index),
      ...(tools.length > 0 && messages.length < 2 * TURNS - 1
        ? { toolCalls: [{ name: 'lookUp', args: { entry: index, bytes: TOOL_RESULT_BYTES } }] }
        : {}),
    }),
  });
  try {
    const arms = await startArms(place, model.url, ['raw', 'baton']);
    try {
      const raw = await startRaw(place, 'rawAgentByReference', [TURNS, 'transcript']);
      await runLengthMs(raw);
      const baton = await startBaton(place, turnsTeam(TURNS, { packed: false, tool: 'lookUp' }));
      await runLengthMs(baton);
      const store = folderSize(join(place.storeFolder, 'baton'));
      return {
        ...(await historySize(baton, 'callModel')),
        storeBytes: store.bytes,
        storeDiskBytes: store.diskBytes,
        raw: await historySize(raw, 'callModelByReference'),
      };
    } finally {
      await arms.stop();
    }
  } finally {
    await model.close();
  }
}
