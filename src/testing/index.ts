export { oneModel } from '../models/models';
export { scripted } from '../models/scripted';
export { output, refusal, text, toolCall, toolCalls, truncated } from '../models/scripted-reply';
export { repeatedCalls } from './call-record';
export { createTestEnvironment } from './environment';
export { startModelServer } from './model-server';
