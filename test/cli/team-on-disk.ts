import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder with a team of one agent and one approval by ann, and replies that repeat the input. Returns the folder. */
export function writeTeam(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true });
  const approve = {
    kind: 'approve',
    question: 'Publish?',
    approvers: ['ann'],
    deadline: '1h',
    whenUnanswered: 'deny',
  };
  const team = {
    name,
    agents: { writer: { instructions: 'Write.' } },
    root: { kind: 'pipeline', steps: [{ kind: 'agent', agent: 'writer' }, approve] },
  };
  writeFileSync(join(folder, 'team.json'), JSON.stringify(team));
  writeFileSync(
    join(folder, 'offline.js'),
    "exports.offline = ({ messages }) => ({ text: 'heard ' + JSON.stringify(messages[0].content) });",
  );
  return folder;
}
