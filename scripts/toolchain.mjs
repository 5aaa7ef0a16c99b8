export async function ensureModules() {}
