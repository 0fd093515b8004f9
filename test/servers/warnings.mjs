// Preloaded into each test process: what pg warns of, because its next version refuses it, fails the run. Thrown here it
// is an error that nobody caught, which Vitest tells of and ends with. Node warns of the same thing once a process.
process.on('warning', (warning) => {
  if (warning.name === 'DeprecationWarning' && warning.message.includes('pg@')) throw warning;
});
