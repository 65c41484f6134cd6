import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Json } from '../../contract/json';
import { MOVE_ON_SIGNAL, SESSION_QUERY, SESSION_UPDATES } from '../../contract/names';
import type {
  HandOver,
  PersonMessage,
  SessionAnswer,
  SessionMessage,
  SessionView,
} from '../../contract/run/session';

export const sessionQuery = defineQuery<SessionView>(SESSION_QUERY);
export const moveOnSignal = defineSignal(MOVE_ON_SIGNAL);
export const sayUpdate = defineUpdate<SessionAnswer, [SessionMessage]>(SESSION_UPDATES.say);
export const replyUpdate = defineUpdate<void, [PersonMessage]>(SESSION_UPDATES.reply);
export const handOverUpdate = defineUpdate<void, [HandOver]>(SESSION_UPDATES.handOver);
export const handBackUpdate = defineUpdate<void, [HandOver]>(SESSION_UPDATES.handBack);
export const identifyUpdate = defineUpdate<void, [Json]>(SESSION_UPDATES.identify);
export const closeUpdate = defineUpdate<void, []>(SESSION_UPDATES.close);
