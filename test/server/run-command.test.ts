import { runCommand } from '../../src/server/run-command';

const env = process.env;

describe('runCommand', () => {
  test('gives what the command wrote, on both streams', async () => {
    const program = "console.log('out'); console.error('err')";
    const output = await runCommand(process.execPath, ['-e', program], { env, timeoutMs: 10_000 });
    expect(output.split('\n').sort()).toEqual(['', 'err', 'out']);
  });

  test('a command that is not installed: says so, and holds no timer', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const failing = runCommand('no-such-command', [], { env, timeoutMs: 600_000 });
    await expect(failing).rejects.toThrow('no-such-command is not installed');
    expect(timers()).toBe(before);
  });

  test('a command that takes too long is killed', async () => {
    const failing = runCommand(process.execPath, ['-e', 'setInterval(() => 1, 1000)'], {
      env,
      timeoutMs: 200,
    });
    await expect(failing).rejects.toThrow('took longer than 0.2 s');
  });
});
