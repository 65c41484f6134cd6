import type { Message, Part } from '../contract/run/conversation';
import { labelToolOutput } from './label-tool-output';

/**
 * Whose a vendor's own block is: newer models accept reasoning only from themselves, so that a conversation which goes
 * on with another model must leave it out.
 */
export function blockOwner(provider: string, model: string): string {
  return `${provider}/${model}`;
}

/**
 * Brings a conversation into the form that vendors insist on: no empty parts or messages, roles that alternate, tool
 * results before any other part of their message, and no vendor's own blocks but those of `owner`. Tools' results are
 * labelled as data here, for every vendor alike.
 */
export function settleMessages(messages: readonly Message[], owner: string): readonly Message[] {
  const settled: Message[] = [];
  for (const message of messages) {
    const content = message.content
      .filter((part) => isSendable(part, owner))
      .map((part) => (part.type === 'toolResult' ? labelToolOutput(part) : part));
    if (content.length === 0) continue;
    const last = settled.at(-1);
    if (last?.role === message.role)
      settled[settled.length - 1] = { role: last.role, content: resultsFirst([...last.content, ...content]) };
    else settled.push({ role: message.role, content: resultsFirst(content) });
  }
  return settled;
}

function isSendable(part: Part, owner: string): boolean {
  if (part.type === 'text') return part.text.trim() !== '';
  return part.type !== 'opaque' || part.provider === owner;
}

function resultsFirst(content: readonly Part[]): readonly Part[] {
  const results = content.filter((part) => part.type === 'toolResult');
  return results.length === 0
    ? content
    : [...results, ...content.filter((part) => part.type !== 'toolResult')];
}

/**
 * Names of tools that the conversation has used and that are no longer offered. Vendors refuse a conversation with
 * tool calls in it when no tool is declared, which is what the last turn of an agent would be.
 */
export function retiredTools(
  messages: readonly Message[],
  offered: readonly { name: string }[],
): readonly string[] {
  const used = messages.flatMap(({ content }) =>
    content.flatMap((part) => (part.type === 'toolCall' || part.type === 'toolResult' ? [part.name] : [])),
  );
  const known = new Set(offered.map((tool) => tool.name));
  return [...new Set(used)].filter((name) => !known.has(name));
}
