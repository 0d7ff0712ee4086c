// Placeholder until the first file of Clickstream lands.
