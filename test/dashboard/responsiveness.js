// Runs in the page: notes how long anything kept it from answering.
(() => {
  const tasks = [];
  const interactions = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: 'longtask',
  });
  new PerformanceObserver((list) => interactions.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: 'event',
    durationThreshold: 16,
  });
  Object.defineProperty(window, 'responsiveness', { value: { tasks, interactions } });
})();
