import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type Anthropic from '@anthropic-ai/sdk';
import { Context } from '@temporalio/activity';
import { streamText } from './stream-text';

/** The same as in Baton's activities, so that both arms send as many heartbeats. */
const HEARTBEAT_MS = 400;

export interface RawActivities {
  callModel(prompt: string): Promise<string>;
  /** Asks, keeps the reply in a transcript outside of history, and returns where it ends there. */
  callModelByReference(turn: RawTurn): Promise<number>;
  /** Runs the turn's tool and keeps its result in the transcript. */
  lookUpByReference(turn: RawTurn): Promise<number>;
}

export interface RawTurn {
  readonly transcript: string;
  readonly end: number;
}

export function rawActivities(
  client: Anthropic,
  store: { readonly folder: string; readonly toolResult: string },
): RawActivities {
  const keep = async ({ transcript, end }: RawTurn, text: string): Promise<number> => {
    await mkdir(store.folder, { recursive: true });
    await appendFile(join(store.folder, `${transcript}.txt`), text);
    return end + text.length;
  };
  return {
    callModel: (prompt) => heartbeating((signal) => streamText(client, prompt, signal)),
    callModelByReference: (turn) =>
      heartbeating(async (signal) => keep(turn, await streamText(client, turn.transcript, signal))),
    lookUpByReference: (turn) => heartbeating(() => keep(turn, store.toolResult)),
  };
}

async function heartbeating<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}
