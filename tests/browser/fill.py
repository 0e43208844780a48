"""Fills the free columns of every lead in a workbook, as an office would: fill.py LIST.xlsx FILLED.xlsx"""

import datetime
import sys

import openpyxl

book = openpyxl.load_workbook(sys.argv[1])
sheet = book["风险清单"]
titles = {cell.value: cell.column for cell in sheet[1]}
grades = ["未发现问题", "差错已更正", "违规", "移交纪检", "移送司法"]
for row in range(2, sheet.max_row + 1):
    sheet.cell(row, titles["核查结论"]).value = grades[row % len(grades)]
    sheet.cell(row, titles["追回金额（元）"]).value = 1234.56 * row
    sheet.cell(row, titles["办结日期"]).value = datetime.date(2025, 1, 1 + row % 28)
    sheet.cell(row, titles["核查人"]).value = "模拟核查人"
    sheet.cell(row, titles["备注"]).value = "=1+1 已核对，票据齐全"
    sheet.cell(row, titles["备注"]).data_type = "s"
assert sheet.freeze_panes and sheet.auto_filter.ref and sheet.data_validations.dataValidation
assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
book.save(sys.argv[2])
