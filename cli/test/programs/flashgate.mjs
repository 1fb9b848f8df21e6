// Looks like a supervisor in the list of processes: `node flashgate.mjs up`. Lives until its parent goes.
process.on("disconnect", () => process.exit(0));
process.send("running");
