package keycloak2fa.people;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RangesTest {

    /** As a database says that another transaction was in the way (SQLSTATE 40001). */
    private static RuntimeException conflict() {
        return new IllegalStateException(new SQLException("could not serialize access", "40001"));
    }

    /** Names in order, as the index has them; work on some of them always loses. */
    private static class Names implements Ranges.Table {

        private final NavigableSet<String> all = new TreeSet<>();
        private final List<String> worked = Collections.synchronizedList(new ArrayList<>());
        private final List<String> losing;

        Names(int users, String... losing) {
            IntStream.range(0, users).forEach(i -> all.add(name(i)));
            this.losing = List.of(losing);
        }

        static String name(int i) {
            return "user-%06d".formatted(i);
        }

        private List<String> between(String after, String upTo) {
            return all.stream()
                    .filter(name -> after == null || name.compareTo(after) > 0)
                    .filter(name -> upTo == null || name.compareTo(upTo) <= 0)
                    .toList();
        }

        @Override
        public String skip(String after, String upTo, int users) {
            List<String> range = between(after, upTo);
            return range.size() < users ? null : range.get(users - 1);
        }

        @Override
        public long work(String after, String upTo, int users) {
            List<String> range = between(after, upTo);
            if (range.stream().anyMatch(losing::contains)) {
                throw conflict();
            }
            worked.addAll(range);
            return range.size();
        }

        @Override
        public List<Failure> left(String after, String upTo, RuntimeException fault) {
            return between(after, upTo).stream()
                    .map(name -> new Failure(name, name, fault.getMessage(), ""))
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 499, 500, 501, 3_000, 25_000})
    void everybodyIsReachedOnce(int users) {
        Names names = new Names(users);

        Ranges.Result result = new Ranges(names).forEach();

        assertEquals(users, result.changed());
        assertEquals(List.copyOf(names.all), names.worked.stream().sorted().toList());
    }

    @Test
    void whoKeepsLosingIsNamedAndTheOthersAreReached() {
        Names names = new Names(1_300, Names.name(0), Names.name(700), Names.name(1_299));

        Ranges.Result result = new Ranges(names).forEach();

        assertEquals(
                List.of(Names.name(0), Names.name(700), Names.name(1_299)),
                result.failures().stream().map(Failure::username).toList());
        assertEquals(1_297, result.changed());
    }

    @Test
    @Timeout(10)
    void twoRangesAreUnderWayAtOnce() {
        CyclicBarrier met = new CyclicBarrier(2);
        Names names = new Names(1_000) {
            @Override
            public long work(String after, String upTo, int users) {
                try {
                    met.await();
                } catch (InterruptedException | BrokenBarrierException never) {
                    throw new IllegalStateException(never);
                }
                return super.work(after, upTo, users);
            }
        };

        assertEquals(1_000, new Ranges(names).forEach().changed());
    }

    @Test
    void anotherFaultEndsTheWork() {
        RuntimeException broken = new IllegalStateException("no such table");
        Ranges.Table table = new Ranges.Table() {
            @Override
            public String skip(String after, String upTo, int users) {
                return null;
            }

            @Override
            public long work(String after, String upTo, int users) {
                throw broken;
            }

            @Override
            public List<Failure> left(String after, String upTo, RuntimeException fault) {
                return List.of();
            }
        };

        assertSame(broken, assertThrows(IllegalStateException.class, () -> new Ranges(table).forEach()));
    }
}
