// Prunes the store that the environment names, and kills itself when it is about to remove its `last` file.
const fs = require('node:fs/promises');

const last = Number(process.argv[2]);
const { unlink } = fs;
let removed = 0;
fs.unlink = async (file) => {
  removed += 1;
  if (removed === last) process.kill(process.pid, 'SIGKILL');
  await unlink(file);
};
const { openStoreFromEnvironment } = require('../../../src/threads/store-from-environment');

openStoreFromEnvironment(process.env)
  .prune()
  .then((pruned) => process.stdout.write(JSON.stringify(pruned)));
