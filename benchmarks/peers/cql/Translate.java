import java.io.File;
import org.cqframework.cql.cql2elm.CqlCompilerOptions;
import org.cqframework.cql.cql2elm.CqlTranslator;
import org.cqframework.cql.cql2elm.LibraryManager;
import org.cqframework.cql.cql2elm.ModelManager;

/** Prints the ELM of a CQL file, which is what a CQL engine runs. */
public class Translate {
    public static void main(String[] arguments) throws Exception {
        LibraryManager libraries = new LibraryManager(new ModelManager(), new CqlCompilerOptions());
        CqlTranslator translated = CqlTranslator.fromFile(new File(arguments[0]), libraries);
        if (!translated.getErrors().isEmpty()) throw translated.getErrors().get(0);
        System.out.println(translated.toJson());
    }
}
