/** What a process of a bench is told when it starts. */
export interface ArmSetup {
  readonly arm: 'plain' | 'raw' | 'baton';
  readonly address: string;
  readonly namespace: string;
  readonly modelUrl: string;
  readonly storeFolder: string;
}

/** Bytes of the result of the tool that bench agents use. */
export const TOOL_RESULT_BYTES = 2500;

export const TASK_QUEUES = { raw: 'bench-raw', baton: 'bench-baton' } as const;

/** What a bench asks of a `plain` process, and its answer. */
export interface PlainTask {
  readonly steps: number;
}

export interface PlainDone {
  readonly wallMs: number;
}
