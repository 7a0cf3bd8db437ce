// Opens nothing, and ends as a worker does whose storage refused it.
throw new Error("The storage of this worker is not to be opened.");
