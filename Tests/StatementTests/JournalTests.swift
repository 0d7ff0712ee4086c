import Statement
import Testing

@Suite struct JournalTests {
    private final class Counter {
        @Undoable var count = 0
        @Undoable var names: [String] = []
    }

    private struct Failure: Error {}

    @Test func takesBackAndDoesAgain() {
        let counter = Counter()
        let journal = Journal()
        journal.record {
            counter.count += 1
            counter.count += 1
            counter.names.append("a")
        }
        #expect(counter.count == 2 && counter.names == ["a"])
        journal.swap()
        #expect(counter.count == 0 && counter.names.isEmpty)
        journal.swap()
        #expect(counter.count == 2 && counter.names == ["a"])
    }

    @Test func statementsAreTakenBackOneByOne() {
        let counter = Counter()
        let journals = (1...30).map { number in
            let journal = Journal()
            journal.record { counter.count = number }
            return journal
        }
        for number in stride(from: 29, through: 0, by: -1) {
            journals[number].swap()
            #expect(counter.count == number)
        }
        for number in 1...30 {
            journals[number - 1].swap()
            #expect(counter.count == number)
        }
    }

    @Test func whatAStatementDoesNotWriteIsNotRemembered() {
        let counter = Counter()
        let journal = Journal()
        journal.record { _ = counter.count }
        #expect(journal.isEmpty)
        counter.count = 5
        journal.swap()
        #expect(counter.count == 5)
    }

    @Test func whatAStatementMakesIsNotRemembered() {
        let journal = Journal()
        journal.record { Counter().count = 3 }
        #expect(journal.isEmpty)
    }

    @Test func aSavepointIsTakenBackAloneAndAgainWithTheRest() {
        let counter = Counter()
        let journal = Journal()
        journal.record {
            counter.count = 1
            #expect(throws: Failure.self) {
                try Journal.savepoint {
                    counter.count = 2
                    counter.names.append("x")
                    Journal.cannotUndo("wrote a file")
                    throw Failure()
                }
            }
            #expect(counter.count == 1 && counter.names.isEmpty)
            Journal.savepoint { counter.names.append("y") }
            counter.count = 4
        }
        #expect(journal.effects == ["wrote a file"])
        journal.swap()
        #expect(counter.count == 0 && counter.names.isEmpty)
        journal.swap()
        #expect(counter.count == 4 && counter.names == ["y"])
    }

    @Test func aSavepointWorksWithoutAJournal() {
        let counter = Counter()
        #expect(throws: Failure.self) {
            try Journal.savepoint {
                counter.count = 2
                throw Failure()
            }
        }
        #expect(counter.count == 0)
    }

    @Test func remembersTheMemoryOfWhatWasThere() {
        final class Piece: HoldsMemory {
            func visitMemory(_ visit: (ObjectIdentifier, Int) -> Void) { visit(ObjectIdentifier(self), 100) }
        }
        final class Holder { @Undoable var pieces: [Piece]? = [Piece(), Piece()] }
        let holder = Holder()
        let journal = Journal()
        journal.record { holder.pieces = nil }
        var bytes = 0
        journal.visitMemory { bytes += $1 }
        #expect(bytes == 200)
    }
}

@Suite struct InterruptionTests {
    @Test func reachesTheWorkThatItCovers() {
        let interruption = Interruption()
        interruption.request()
        #expect(!Interruption.isRequested)
        interruption.covering {
            #expect(Interruption.isRequested)
            #expect(throws: Interrupted.self) { try Interruption.check() }
            interruption.take()
            #expect(!Interruption.isRequested)
        }
        #expect(interruption.count == 1)
        interruption.request()
        #expect(interruption.count == 2)
        interruption.reset()
        #expect(interruption.count == 0 && !interruption.isRequested)
    }

    @Test func waitsWhileSomethingMustNotStop() {
        let interruption = Interruption()
        interruption.covering {
            Interruption.holdOff {
                interruption.request()
                #expect(!Interruption.isRequested)
            }
            #expect(Interruption.isRequested)
            Interruption.holdOff {
                interruption.request()
                #expect(Interruption.isRequested)
            }
        }
    }
}
