namespace Wgqa.Experiments.Demo;

internal static partial class LexiconTables
{
    /// <summary>
    /// <c>German[/stem before an ending], comparative = English[, comparative] : kinds that it can be said of</c>. A dash is a
    /// comparative that is not used; an English one that is not written is with <c>more</c>.
    /// </summary>
    public const string Adjectives =
        """
        alt, älter = old, older : Person Animal Portable Clothing Vehicle Device Furniture Building Text Opening Outdoors
        jung, jünger = young, younger : Person Animal
        neu, neuer = new, newer : Portable Clothing Vehicle Device Furniture Building Opening Text Room
        groß, größer = tall, taller : Person
        groß, größer = big, bigger : Animal Portable Clothing Vehicle Furniture Building Opening Outdoors Room
        klein, kleiner = small, smaller : Person Animal Portable Clothing Vehicle Furniture Building Opening Outdoors Room
        schön, schöner = beautiful : Clothing Vehicle Building Outdoors Room Show Music Trip Text
        müde/müd, - = tired : Person
        krank, - = sick : Person Animal
        gesund, - = healthy : Person Animal
        glücklich, glücklicher = happy, happier : Person
        traurig, trauriger = sad, sadder : Person Text Show Music
        freundlich, freundlicher = friendly, friendlier : Person
        nett, netter = nice, nicer : Person
        klug, klüger = clever, cleverer : Person Animal
        fleißig, fleißiger = diligent : Person
        faul, fauler = lazy, lazier : Person Animal
        reich, reicher = rich, richer : Person
        arm, ärmer = poor, poorer : Person
        berühmt, berühmter = famous : Person Building Text Show Music
        stark, stärker = strong, stronger : Person Animal
        schwach, schwächer = weak, weaker : Person Animal
        hungrig, hungriger = hungry, hungrier : Person Animal
        höflich, höflicher = polite : Person
        mutig, mutiger = brave, braver : Person Animal
        nervös, nervöser = nervous : Person
        geduldig, geduldiger = patient : Person
        neugierig, neugieriger = curious : Person Animal
        zufrieden, zufriedener = satisfied : Person
        böse/bös, - = angry : Person
        teuer/teur, teurer = expensive : Portable Clothing Vehicle Device Furniture Building Trip
        billig, billiger = cheap, cheaper : Portable Clothing Vehicle Device Furniture
        hässlich, hässlicher = ugly, uglier : Clothing Building Furniture
        sauber, sauberer = clean, cleaner : Clothing Room Vehicle Opening
        schmutzig, schmutziger = dirty, dirtier : Clothing Room Vehicle Opening Animal
        schwer, schwerer = heavy, heavier : Portable Furniture Vehicle
        leicht, leichter = light, lighter : Portable Furniture
        kaputt, - = broken : Device Vehicle Opening
        modern, moderner = modern : Device Building Furniture Room
        wertvoll, wertvoller = valuable : Portable
        dunkel/dunkl, dunkler = dark, darker : Room Outdoors
        hell, heller = bright, brighter : Room
        gemütlich, gemütlicher = cosy, cosier : Room Furniture
        schnell, schneller = fast, faster : Vehicle Transport
        langsam, langsamer = slow, slower : Vehicle Transport
        lang, länger = long, longer : Text Trip Show Music
        kurz, kürzer = short, shorter : Text Trip Show Music
        interessant, interessanter = interesting : Text Show Music Matter Trip
        langweilig, langweiliger = boring : Text Show Music
        spannend, spannender = exciting : Text Show Music Trip
        lustig, lustiger = funny, funnier : Text Show Music
        wichtig, wichtiger = important : Text Matter
        schwierig, schwieriger = difficult : Text Matter
        einfach, einfacher = simple, simpler : Text Matter
        gut, besser = good, better : Text Show Music Matter Food
        frisch, frischer = fresh, fresher : Food
        süß, süßer = sweet, sweeter : Food
        lecker, leckerer = delicious : Food
        heiß, heißer = hot, hotter : Drink Dish
        kalt, kälter = cold, colder : Drink Dish
        rot, - = red : Clothing Vehicle Portable
        blau, - = blue : Clothing Vehicle Portable
        grün, - = green : Clothing Vehicle Portable
        gelb, - = yellow : Clothing Vehicle Portable
        schwarz, - = black : Clothing Vehicle Portable Animal
        weiß, - = white : Clothing Vehicle Portable Animal
        grau, - = grey : Clothing Vehicle Animal
        braun, - = brown : Clothing Animal
        """;

    /// <summary><c>name : gender</c>; names are the same in both languages.</summary>
    public const string Names =
        """
        Anna : f
        Maria : f
        Julia : f
        Lena : f
        Sophie : f
        Clara : f
        Emma : f
        Laura : f
        Eva : f
        Sarah : f
        Lisa : f
        Nina : f
        Peter : m
        Paul : m
        Thomas : m
        Lukas : m
        Felix : m
        Max : m
        Jonas : m
        David : m
        Martin : m
        Simon : m
        Karl : m
        Otto : m
        """;

    /// <summary><c>German = English : when</c>, when being Past, Future, Habit or Any.</summary>
    public const string Times =
        """
        gestern = yesterday : Past
        gestern Abend = yesterday evening : Past
        vorgestern = the day before yesterday : Past
        heute Morgen = this morning : Past
        letzte Woche = last week : Past
        letzten Monat = last month : Past
        letztes Jahr = last year : Past
        letzten Sommer = last summer : Past
        letzten Winter = last winter : Past
        letzten Freitag = last Friday : Past
        damals = at that time : Past
        morgen = tomorrow : Future
        morgen früh = tomorrow morning : Future
        morgen Abend = tomorrow evening : Future
        übermorgen = the day after tomorrow : Future
        heute Abend = this evening : Future
        nächste Woche = next week : Future
        nächsten Monat = next month : Future
        nächstes Jahr = next year : Future
        nächsten Sommer = next summer : Future
        nächsten Dienstag = next Tuesday : Future
        bald = soon : Future
        jeden Tag = every day : Habit
        jeden Morgen = every morning : Habit
        jeden Abend = every evening : Habit
        jede Nacht = every night : Habit
        jede Woche = every week : Habit
        jeden Monat = every month : Habit
        jedes Jahr = every year : Habit
        jeden Sonntag = every Sunday : Habit
        heute = today : Any
        am Morgen = in the morning : Any
        am Nachmittag = in the afternoon : Any
        am Abend = in the evening : Any
        in der Nacht = at night : Any
        am Wochenende = at the weekend : Any
        am Montag = on Monday : Any
        am Dienstag = on Tuesday : Any
        am Mittwoch = on Wednesday : Any
        am Donnerstag = on Thursday : Any
        am Freitag = on Friday : Any
        am Samstag = on Saturday : Any
        am Sonntag = on Sunday : Any
        im Januar = in January : Any
        im Februar = in February : Any
        im März = in March : Any
        im April = in April : Any
        im Mai = in May : Any
        im Juni = in June : Any
        im Juli = in July : Any
        im August = in August : Any
        im September = in September : Any
        im Oktober = in October : Any
        im November = in November : Any
        im Dezember = in December : Any
        im Frühling = in spring : Any
        im Sommer = in summer : Any
        im Herbst = in autumn : Any
        im Winter = in winter : Any
        nach dem Essen = after the meal : Any
        vor dem Frühstück = before breakfast : Any
        nach der Arbeit = after work : Any
        während der Pause = during the break : Any
        """;

    /// <summary><c>German = English</c>: where something happens, beside what the grammar makes of nouns.</summary>
    public const string Places =
        """
        zu Hause = at home
        in der Schule = at school
        bei der Arbeit = at work
        in Berlin = in Berlin
        in Hamburg = in Hamburg
        in München = in Munich
        in Wien = in Vienna
        in Köln = in Cologne
        in Zürich = in Zurich
        in Rom = in Rome
        in Paris = in Paris
        in Deutschland = in Germany
        in Österreich = in Austria
        in der Schweiz = in Switzerland
        in Italien = in Italy
        in Frankreich = in France
        auf dem Land = in the country
        im Ausland = abroad
        """;

    /// <summary><c>German = English</c>: where someone goes.</summary>
    public const string Directions =
        """
        nach Hause = home
        zur Schule = to school
        zur Arbeit = to work
        nach Berlin = to Berlin
        nach Hamburg = to Hamburg
        nach München = to Munich
        nach Wien = to Vienna
        nach Köln = to Cologne
        nach Zürich = to Zurich
        nach Rom = to Rome
        nach Paris = to Paris
        nach Deutschland = to Germany
        nach Österreich = to Austria
        in die Schweiz = to Switzerland
        nach Italien = to Italy
        nach Frankreich = to France
        ins Ausland = abroad
        zum Arzt = to the doctor
        ins Kino = to the cinema
        ans Meer = to the sea
        """;

    /// <summary>
    /// <c>noun = German preposition, English preposition : direction's German preposition</c>: the prepositions that a place's
    /// noun takes. <c>zu</c> is with the dative.
    /// </summary>
    public const string PlaceNouns =
        """
        Garten = in, in : in
        Park = in, in : in
        Wald = in, in : in
        Stadt = in, in : in
        Dorf = in, in : in
        Tal = in, in : in
        See = an, by : an
        Fluss = an, by : an
        Strand = an, on : an
        Berg = auf, on : auf
        Straße = auf, on : auf
        Insel = auf, on : auf
        Markt = auf, at : auf
        Platz = auf, in : auf
        Feld = auf, in : auf
        Küche = in, in : in
        Zimmer = in, in : in
        Büro = in, in : in
        Keller = in, in : in
        Badezimmer = in, in : in
        Wohnzimmer = in, in : in
        Garage = in, in : in
        Haus = in, in : in
        Wohnung = in, in : in
        Kirche = in, in : in
        Museum = in, in : in
        Hotel = in, in : in
        Schloss = in, in : in
        Krankenhaus = in, in : in
        Fabrik = in, in : in
        Restaurant = in, in : in
        Theater = in, in : in
        Bibliothek = in, in : in
        Laden = in, in : in
        Bahnhof = an, at : zu
        Brücke = auf, on : zu
        Turm = auf, on : zu
        """;

    /// <summary><c>German = English</c>: how something is done.</summary>
    public const string Manners =
        """
        schnell = quickly
        langsam = slowly
        vorsichtig = carefully
        allein = alone
        heimlich = secretly
        sofort = immediately
        zusammen = together
        noch einmal = once more
        ohne Hilfe = without help
        mit Vergnügen = with pleasure
        """;

    /// <summary><c>German = English</c>: with what one travels.</summary>
    public const string Means =
        """
        mit dem Zug = by train
        mit dem Bus = by bus
        mit dem Auto = by car
        mit dem Fahrrad = by bicycle
        mit dem Schiff = by ship
        mit dem Taxi = by taxi
        """;

    /// <summary><c>German = English</c>: why, or in spite of what.</summary>
    public const string Reasons =
        """
        wegen des Regens = because of the rain
        wegen der Kälte = because of the cold
        wegen des Wetters = because of the weather
        wegen der Ferien = because of the holidays
        trotz des Regens = despite the rain
        trotz der Hitze = despite the heat
        trotz des Lärms = despite the noise
        trotz der Gefahr = despite the danger
        """;

    /// <summary><c>German = English</c>: how often.</summary>
    public const string Frequencies =
        """
        oft = often
        immer = always
        manchmal = sometimes
        selten = rarely
        nie = never
        meistens = usually
        """;
}
