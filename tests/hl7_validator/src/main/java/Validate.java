import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.FhirVersionEnum;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;

/**
 * Reads one line for each resource, "VERSION JSON", and writes one line for each: its errors, parted
 * by tabs; an empty line where there are none.
 */
public class Validate {
    private static final Map<FhirVersionEnum, FhirValidator> VALIDATORS = new EnumMap<>(FhirVersionEnum.class);

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            int space = line.indexOf(' ');
            FhirVersionEnum version = FhirVersionEnum.valueOf(line.substring(0, space));
            out.println(errorsOf(version, line.substring(space + 1)));
        }
    }

    private static String errorsOf(FhirVersionEnum version, String json) {
        StringBuilder errors = new StringBuilder();
        for (SingleValidationMessage message : validator(version).validateWithResult(json).getMessages()) {
            if (message.getSeverity().ordinal() >= ResultSeverityEnum.ERROR.ordinal()) {
                String text = message.getLocationString() + ": " + message.getMessage();
                errors.append(errors.length() == 0 ? "" : "\t").append(text.replaceAll("\\s+", " "));
            }
        }
        return errors.toString();
    }

    private static FhirValidator validator(FhirVersionEnum version) {
        return VALIDATORS.computeIfAbsent(version, wanted -> {
            FhirContext context = FhirContext.forCached(wanted);
            ValidationSupportChain support = new ValidationSupportChain(
                new DefaultProfileValidationSupport(context),
                new CommonCodeSystemsTerminologyService(context),
                new InMemoryTerminologyServerValidationSupport(context));
            FhirValidator validator = context.newValidator();
            validator.registerValidatorModule(new FhirInstanceValidator(support));
            return validator;
        });
    }
}
