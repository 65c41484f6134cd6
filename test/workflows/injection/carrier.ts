import type { JsonObject } from '../../../src/contract/json';
import type { ModelRequest } from '../../../src/models/provider';
import { type ScriptedReply, text, toolCalls } from '../../../src/models/scripted-reply';
import { lastText, turnOf } from '../engine';

export interface Order {
  readonly name: string;
  readonly args: JsonObject;
}

const CARRIER = /OBEY:([A-Za-z0-9_-]*):END/g;

/** Text of an attacker: a model that reads it makes these calls, and tells it on. */
export function orders(...all: readonly Order[]): string {
  return `OBEY:${Buffer.from(JSON.stringify(all)).toString('base64url')}:END`;
}

/**
 * A model without any judgement. It begins with the reading that it is there for, makes every call that anything in its
 * last message orders, and hands on every order that it has read.
 */
export function obeying(request: ModelRequest, reads: readonly Order[] = []): ScriptedReply {
  const carried = ordersIn(lastText(request));
  if (carried.length > 0 && turnOf(request) < 6) return toolCalls(...carried);
  if (turnOf(request) === 0 && reads.length > 0) return toolCalls(...reads);
  const seen = JSON.stringify(request.messages).match(CARRIER) ?? [];
  return text(`Done as told. ${[...new Set(seen)].join(' ')}`);
}

function ordersIn(said: string): readonly Order[] {
  return [...said.matchAll(CARRIER)].flatMap(
    ([, coded = '']) => JSON.parse(Buffer.from(coded, 'base64url').toString()) as Order[],
  );
}
