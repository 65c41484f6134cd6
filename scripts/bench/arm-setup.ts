/** What a process of a bench is told when it starts. */
export interface ArmSetup {
  readonly arm: 'plain' | 'raw' | 'baton' | 'desk';
  readonly address: string;
  readonly namespace: string;
  readonly modelUrl: string;
  readonly storeFolder: string;
}

/** Bytes of the result of the tool that bench agents use. */
export const TOOL_RESULT_BYTES = 2500;

export const TASK_QUEUES = { raw: 'bench-raw', baton: 'bench-baton', desk: 'bench-desk' } as const;

/** What a bench asks of a `plain` process, and its answer. */
export interface PlainTask {
  readonly steps: number;
}

export interface PlainDone {
  readonly wallMs: number;
}

/** How long a call of the support desk's scripted model takes. */
export const DESK_LATENCY_MS = 300;
