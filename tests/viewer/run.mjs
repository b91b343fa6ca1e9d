// All browser tests, one after the other: they share one city and two processors.
for (const name of ['styles', 'viewer', 'plans']) await import(`./${name}.test.mjs`);
