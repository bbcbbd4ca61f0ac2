// Loaded before a program of ours: when the launcher is killed, the channel to it closes, and the program ends in good order.
process.once('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
  // Whoever doesn't listen, or hangs, ends anyway.
  setTimeout(() => process.exit(1), 15_000).unref();
});
// The channel alone must not keep a program alive.
process.channel?.unref();
