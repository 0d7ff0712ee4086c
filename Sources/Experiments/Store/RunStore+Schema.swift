import GRDB

extension RunStore {
    /// Every version of the tables, in order; a file of an older version is brought up to date when opened.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("runs") { database in
            try database.execute(
                sql: """
                    CREATE TABLE experiments (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        name TEXT NOT NULL UNIQUE,
                        created REAL NOT NULL
                    );
                    CREATE TABLE runs (
                        id TEXT PRIMARY KEY,
                        experiment INTEGER NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
                        name TEXT NOT NULL,
                        status TEXT NOT NULL,
                        started REAL NOT NULL,
                        ended REAL
                    );
                    CREATE INDEX runs_by_experiment ON runs (experiment, started);
                    CREATE TABLE params (
                        run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
                        name TEXT NOT NULL,
                        value TEXT NOT NULL,
                        PRIMARY KEY (run, name)
                    ) WITHOUT ROWID;
                    -- A value is null where it was not a number: SQLite keeps no NaN.
                    CREATE TABLE metrics (
                        run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
                        name TEXT NOT NULL,
                        step INTEGER NOT NULL,
                        value REAL,
                        time REAL NOT NULL,
                        PRIMARY KEY (run, name, step)
                    ) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("cells") { try createCells($0) }
        migrator.registerMigration("deleted experiments") { database in
            // When it was deleted; null while it is not.
            try database.execute(sql: "ALTER TABLE experiments ADD COLUMN deleted REAL")
        }
        migrator.registerMigration("exports") { database in
            try database.execute(
                sql: """
                    -- What servers have of a run: its id there, whether its params, which status and model; and which process sends the rest.
                    CREATE TABLE exports (
                        server TEXT NOT NULL,
                        run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
                        remote TEXT,
                        params TEXT,
                        status TEXT,
                        model TEXT,
                        refusal TEXT,
                        owner TEXT,
                        PRIMARY KEY (server, run)
                    ) WITHOUT ROWID;
                    -- The first step of a metric that a server has not got.
                    CREATE TABLE exported_metrics (
                        server TEXT NOT NULL,
                        run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
                        name TEXT NOT NULL,
                        next INTEGER NOT NULL,
                        PRIMARY KEY (server, run, name)
                    ) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("deaths") { database in
            // How often a process that had no parent to tell of it died at the cell.
            try database.execute(sql: "ALTER TABLE cells ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0")
        }
        return migrator
    }
}
