console.log(`SEEN post ${process.env.INPUT_NAME} ${JSON.stringify(process.env.STATE_kept)}`);
