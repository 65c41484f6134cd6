import type { ModelRequest } from './provider';

/** A usual rule of thumb for English text and JSON. What a call really took is settled by its reply. */
const CHARACTERS_PER_TOKEN = 4;

/** What a request may take of a limit of tokens: its text as estimated, and all the output that it allows. */
export function tokensAtMost({ system, messages, tools, maxOutputTokens }: ModelRequest): number {
  const said = JSON.stringify(messages).length + JSON.stringify(tools).length + system.length;
  return Math.ceil(said / CHARACTERS_PER_TOKEN) + maxOutputTokens;
}
