/** What Lambda's runtime does: loads the handler, calls it with an event, and says how it ended. */
process.once('message', async ({ task, handler, event, endsAt }) => {
  const [file, name] = handler.split('.');
  const context = { getRemainingTimeInMillis: () => endsAt - Date.now() };
  try {
    const result = await require(`${task}/${file}.js`)[name](event, context);
    process.send({ result });
  } catch (error) {
    process.send({ error: `${error?.name}: ${error?.message}` });
  }
  process.exit();
});
