// Placeholder until the first file of Language lands.
