#!/usr/bin/env node
import { runCli } from './program';

async function main(): Promise<void> {
  const { stdin, stdout, stderr, env } = process;
  process.exitCode = await runCli(process.argv.slice(2), { stdin, stdout, stderr, env });
}

void main();
