"""What developers run, each as `python -m tools.NAME`; its own first lines say how. Not packaged.

    generate           what is generated from the code: baseline scenario, tables of documents, kept figures
                       (by `odd_tables`, `table_docs`)
    findings           docs/findings.md and docs/trust.md from results/published (`trust`); of another region
                       `findings_region`
    publish, ship      what is published of an answer, and the reference table that ships
    mechanisms         what switching each mechanism off moves (`outcomes`)
    screening          which unknowns move any outcome (`outcomes`)
    trial              could each explanation win?
    learners, neural   is it the method or the table?
    mse                the part of docs/estimate.md on simulated worlds
    mutants            would the tests notice?
"""
