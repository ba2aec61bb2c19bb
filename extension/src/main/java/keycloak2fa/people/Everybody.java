package keycloak2fa.people;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import keycloak2fa.realm.AdminEvents;
import keycloak2fa.run.Run;

/** All users of a realm: those in Keycloak's own tables, and those whom user storages keep to themselves. */
final class Everybody implements People {

    private final List<People> parts;
    private final Storages storages;

    Everybody(List<People> parts, Storages storages) {
        this.parts = parts;
        this.storages = storages;
    }

    @Override
    public Population population() {
        return withSilent(parts.stream().map(People::population).reduce(NOBODY, Population::plus));
    }

    @Override
    public Outlook lookAhead(int namedAtMost, boolean mayTry) {
        List<Outlook> ahead =
                parts.stream().map(part -> part.lookAhead(namedAtMost, mayTry)).toList();
        Map<String, Long> groups = new LinkedHashMap<>();
        ahead.forEach(each -> each.groups().forEach((group, count) -> groups.merge(group, count, Long::sum)));
        return new Outlook(
                withSilent(ahead.stream().map(Outlook::people).reduce(NOBODY, Population::plus)),
                groups,
                ahead.stream()
                        .flatMap(each -> each.named().stream())
                        .limit(namedAtMost)
                        .toList(),
                ahead.stream().flatMap(each -> each.failures().stream()).toList());
    }

    @Override
    public void forEach(Consumer<Described> visitor) {
        parts.forEach(part -> part.forEach(visitor));
    }

    @Override
    public long total() {
        return parts.stream().mapToLong(People::total).sum();
    }

    @Override
    public Pass mark(AdminEvents events, Run run) {
        return all(part -> part.mark(events, run));
    }

    @Override
    public Pass markThoseLeft(AdminEvents events, Run run) {
        return all(part -> part.markThoseLeft(events, run));
    }

    private static final Population NOBODY = new Population(0, 0, 0, 0, 0, List.of());

    private Pass all(Function<People, Pass> work) {
        List<Failure> failures = new ArrayList<>();
        List<String> silent = new ArrayList<>();
        long marked = 0;
        boolean whole = true;
        for (People part : parts) {
            Pass pass = work.apply(part);
            marked += pass.marked();
            failures.addAll(pass.failures());
            silent.addAll(pass.silent());
            whole &= pass.whole();
        }
        // Asked again: one that answered before may be away by now.
        Stream<String> all = Stream.concat(silent.stream(), storages.silent().stream());
        return new Pass(marked, List.copyOf(failures), all.distinct().toList(), whole);
    }

    private Population withSilent(Population counted) {
        return counted.plus(new Population(0, 0, 0, 0, 0, storages.silent()));
    }
}
